import type { Stream } from '../../../core/stream/stream.ts';
import type { Accounts } from '../account/accounts.ts';
import { accounts } from './accounts.ts';
import { apiKeys } from './api-keys.ts';
import { auditEvents } from './audit-events.ts';
import { auditRoutes } from './audit-routes.ts';
import { billables } from './billables.ts';
import { databases } from './databases.ts';
import { datacenters } from './datacenters.ts';
import { deployments } from './deployments.ts';
import { deploymentsAllowlists } from './deployments-allowlists.ts';
import { deploymentsAutoscalings } from './deployments-autoscalings.ts';
import { deploymentsBackups } from './deployments-backups.ts';
import { deploymentsRecipes } from './deployments-recipes.ts';
import { deploymentsReclamations } from './deployments-reclamations.ts';
import { deploymentsRecoveryWindows } from './deployments-recovery-windows.ts';
import { deploymentsReplicas } from './deployments-replicas.ts';
import { deploymentsRestrictions } from './deployments-restrictions.ts';
import { deploymentsRoles } from './deployments-roles.ts';
import { deploymentsTeamRoles } from './deployments-team-roles.ts';
import { deploymentsScalings } from './deployments-scalings.ts';
import { deploymentsVersions } from './deployments-versions.ts';
import { resourceGroups } from './resource-groups.ts';
import { serviceIds } from './service-ids.ts';
import { teams } from './teams.ts';
import { trustedProfiles } from './trusted-profiles.ts';
import { users } from './users.ts';

export const streams: readonly Stream<Accounts>[] = [
  accounts,
  apiKeys,
  auditEvents,
  auditRoutes,
  billables,
  databases,
  datacenters,
  deployments,
  deploymentsAllowlists,
  deploymentsAutoscalings,
  deploymentsBackups,
  deploymentsRecipes,
  deploymentsReclamations,
  deploymentsRecoveryWindows,
  deploymentsReplicas,
  deploymentsRestrictions,
  deploymentsRoles,
  deploymentsScalings,
  deploymentsTeamRoles,
  deploymentsVersions,
  resourceGroups,
  serviceIds,
  teams,
  trustedProfiles,
  users,
];
