import { closedNote } from '../http/address.ts';
import type { Config } from '../platforms/compose/config.ts';
import { loadConfig } from '../config-file.ts';
import type { Context } from '../core/context.ts';
import { ConnectorError, asConnectorError } from '../core/errors.ts';
import type { ApiClient } from '../http/client.ts';
import { proxyNote } from '../http/failure.ts';
import { embeddedList } from '../platforms/compose/envelope.ts';
import { proxyFor } from '../http/proxy.ts';
import type { ProblemId } from '../core/problems.ts';
import type { Log } from './log.ts';
import { missingSentence } from '../platforms/compose/deployment-list.ts';
import { openClient } from '../connector.ts';
import { startLog } from './start-log.ts';

/** A person waits for the answer. */
const CHECK_MS = 30_000;

/** Nobody is there: for whoever has just typed the address that is an answer, not an outage. */
const DEFINITE: ReadonlySet<ProblemId> = new Set<ProblemId>([
  'host_unknown',
  'connection_refused',
  'tls_failed',
  'proxy_unreachable',
]);

/**
 * Says whether token, address and deployment ids work, with at most two requests. A no is a FAILED status, and the
 * command did its work (0); an outage is thrown as a transient error.
 */
export async function runCheck(context: Context, configPath: string, debug: boolean): Promise<number> {
  const log = startLog(context, 'check', debug);
  try {
    const config = await loadConfig(configPath, context.addSecret);
    const missing = await tryOut(config, context, log);
    sendStatus(context, missing.length === 0 ? undefined : missingSentence(missing));
  } catch (thrown) {
    context.signal.throwIfAborted();
    const error = asConnectorError(thrown);
    const outage = error.failureType === 'transient_error' && !DEFINITE.has(error.problem);
    if (outage || error.problem === 'unexpected') throw thrown;
    if (error.internalMessage !== undefined) log.info(error.internalMessage);
    sendStatus(context, error.message);
  }
  return 0;
}

/** The deployment ids that do not exist. */
async function tryOut(config: Config, context: Context, log: Log): Promise<string[]> {
  const { host, origin } = new URL(config.base_url);
  const seconds = String(CHECK_MS / 1_000);
  const notes = [closedNote(host), proxyNote(proxyFor(origin, context.env))].filter((note) => note !== undefined);
  const late = new ConnectorError(
    'check_timed_out',
    { host, seconds },
    { note: notes.length === 0 ? undefined : notes.join(' ') },
  );
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(late), CHECK_MS);
  const client = openClient(config, context, log, {
    signal: AbortSignal.any([context.signal, deadline.signal]),
    deadline: Date.now() + CHECK_MS,
    onRateLimit: () => undefined,
  });
  try {
    embeddedList(await askFirst(client, config.base_url), 'accounts', 'accounts');
    if (config.deployment_ids.length === 0) return [];
    const { rows } = embeddedList(await client.get('deployments', 'check'), 'deployments', 'deployments');
    const ids = new Set(rows.map((row) => (row as { id?: unknown } | null)?.id));
    return config.deployment_ids.filter((id) => !ids.has(id));
  } finally {
    clearTimeout(timer);
    await client.close();
  }
}

/** Whoever has just typed an address is told about the address, not about a report that is not there. */
async function askFirst(client: ApiClient, address: string): Promise<unknown> {
  try {
    return await client.get('accounts', 'check');
  } catch (thrown) {
    if (!(thrown instanceof ConnectorError) || thrown.problem !== 'not_found') throw thrown;
    const { internalMessage = '' } = thrown;
    const note = closedNote(new URL(address).host);
    throw new ConnectorError('api_not_found', { address }, { internalMessage, note, status: 404, cause: thrown });
  }
}

function sendStatus({ writer }: Context, failure: string | undefined): void {
  const connectionStatus =
    failure === undefined ? { status: 'SUCCEEDED' as const } : { status: 'FAILED' as const, message: failure };
  writer.send({ type: 'CONNECTION_STATUS', connectionStatus });
}
