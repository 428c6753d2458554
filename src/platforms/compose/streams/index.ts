import type { Stream } from '../../../core/stream/stream.ts';
import type { ComposeShared } from '../stream.ts';
import { accounts } from './accounts.ts';
import { auditEvents } from './audit-events.ts';
import { billables } from './billables.ts';
import { clusters } from './clusters.ts';
import { databases } from './databases.ts';
import { datacenters } from './datacenters.ts';
import { deployments } from './deployments.ts';
import { deploymentsAddons } from './deployments-addons.ts';
import { deploymentsAlerts } from './deployments-alerts.ts';
import { deploymentsBackups } from './deployments-backups.ts';
import { deploymentsRecipes } from './deployments-recipes.ts';
import { deploymentsRoles } from './deployments-roles.ts';
import { deploymentsScalings } from './deployments-scalings.ts';
import { deploymentsTeamRoles } from './deployments-team-roles.ts';
import { deploymentsVersions } from './deployments-versions.ts';
import { teams } from './teams.ts';

export const streams: readonly Stream<ComposeShared>[] = [
  accounts,
  auditEvents,
  billables,
  clusters,
  databases,
  datacenters,
  deployments,
  deploymentsAddons,
  deploymentsAlerts,
  deploymentsBackups,
  deploymentsRecipes,
  deploymentsRoles,
  deploymentsScalings,
  deploymentsTeamRoles,
  deploymentsVersions,
  teams,
];
