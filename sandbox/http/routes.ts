import type { AuditTrail } from '../audit/trail.ts';
import type { QueryParameters } from '../audit/query.ts';
import { accountId, accounts } from '../data/accounts.ts';
import { addons } from '../data/addons.ts';
import { alerts } from '../data/alerts.ts';
import { backupDetail, backups } from '../data/backups.ts';
import { billables } from '../data/billables.ts';
import { cluster, clusters } from '../data/clusters.ts';
import { databases } from '../data/databases.ts';
import { datacenters } from '../data/datacenters.ts';
import { deploymentDetail } from '../data/deployment-details.ts';
import { deploymentIndex, deployments } from '../data/deployments.ts';
import { logfileDetail, logfiles } from '../data/logfiles.ts';
import { currentUser, team, teams, users } from '../data/people.ts';
import type { Recipes } from '../data/recipes.ts';
import { roles, teamRoles } from '../data/roles.ts';
import { scalings } from '../data/scalings.ts';
import { transitions } from '../data/transitions.ts';
import { whitelist } from '../data/whitelist.ts';
import type { World } from '../data/world.ts';
import { type Answer, json, list, notFound, single } from './answers.ts';

/** Answers a path: its `:id` (and `:other`), and the query. */
export type Route = (id: string, other: string, query: QueryParameters) => Answer;

/** Every path below the version, in fastify's notation. */
export const routes = (world: World, trail: AuditTrail, recipes: Recipes): Record<string, Route> => {
  const ofDeployment =
    (answer: (deployment: number, other: string) => Answer): Route =>
    (id, other) => {
      const deployment = deploymentIndex(world, id);
      return deployment === undefined ? notFound() : answer(deployment, other);
    };
  return {
    '/accounts': () => list('accounts', accounts(world)),
    '/accounts/:id/users': (id) => (id === accountId(world) ? list('users', users(world)) : notFound()),
    '/user': () => json(200, currentUser(world)),
    '/audit_events': (_id, _other, query) => trail.page(query),
    '/audit_events/:id': (id) => trail.single(id),
    '/billables': () => list('billables', billables(world)),
    '/clusters': () => list('clusters', clusters(world)),
    '/clusters/:id': (id) => single(cluster(world, id)),
    '/databases': () => list('applications', databases()),
    '/datacenters': () => list('datacenters', datacenters()),
    '/deployments': () => list('deployments', deployments(world)),
    '/deployments/:id': ofDeployment((deployment) => json(200, deploymentDetail(world, deployment))),
    '/deployments/:id/addons': ofDeployment((deployment) => list('addons', addons(world, deployment))),
    '/deployments/:id/alerts': ofDeployment((deployment) => json(200, alerts(world, deployment))),
    '/deployments/:id/backups': ofDeployment((deployment) => list('backups', backups(world, deployment))),
    '/deployments/:id/backups/:other': ofDeployment((deployment, id) => single(backupDetail(world, deployment, id))),
    '/deployments/:id/logfiles': ofDeployment((deployment) => list('logfiles', logfiles(world, deployment))),
    '/deployments/:id/logfiles/:other': ofDeployment((deployment, id) => single(logfileDetail(world, deployment, id))),
    '/deployments/:id/recipes': ofDeployment((deployment) => list('recipes', recipes.list(deployment))),
    '/deployments/:id/roles': ofDeployment((deployment) => list('roles', roles(world, deployment))),
    '/deployments/:id/scalings': ofDeployment((deployment) => json(200, scalings(deployment))),
    '/deployments/:id/team_roles': ofDeployment((deployment) => list('team_roles', teamRoles(world, deployment))),
    '/deployments/:id/versions': ofDeployment((deployment) => list('transitions', transitions(deployment))),
    '/deployments/:id/whitelist': ofDeployment((deployment) => list('whitelist', whitelist(world, deployment))),
    '/recipes/:id': (id) => single(recipes.find(id)),
    '/teams': () => list('teams', teams(world)),
    '/teams/:id': (id) => single(team(world, id)),
  };
};
