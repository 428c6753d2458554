import { symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { ROOT } from '../../test-support/connector.ts';
import { outputOf } from '../../test-support/processes.ts';
import { PYTHON_OPTIONS, environment, pinned } from '../../test-support/python.ts';
import { onPath } from '../install/bare-machine.ts';
import { linesOf } from './meltano.ts';
import { MeltanoProject, PACKAGE_DEFINITION } from './meltano-project.ts';
import { readTwice } from './python-clients.ts';
import { openJsonl } from './singer-targets.ts';
import { type ClientTest, INCREMENTAL, type Stage, makeNews } from './stage.ts';

// Meltano and PyAirbyte install the Python package without Node.js and Docker. pip and uv use the wheel's folder
// instead of PyPI.

/** Builds the wheel. Returns the variables that tell both installers where to find the wheel. */
async function wheelEnv(): Promise<NodeJS.ProcessEnv> {
  await outputOf('npm', ['run', 'build:wheel'], { cwd: ROOT, env: PYTHON_OPTIONS.env });
  const links = join(ROOT, 'dist-wheel');
  return { PIP_FIND_LINKS: links, UV_FIND_LINKS: links, UV_PYTHON_DOWNLOADS: 'never' };
}

/** Creates a folder for PATH with the programs that every machine with Python has. */
async function pythonMachine({ folder, file }: Stage): Promise<string> {
  file('machine/.keep', '');
  const machine = join(folder, 'machine');
  for (const program of ['env', 'sh']) symlinkSync(onPath(program), join(machine, program));
  // The python3 on PATH may be a script that looks for the interpreter.
  const python = await outputOf('python3', ['-c', 'import sys; print(sys.executable)']);
  symlinkSync(python.trim(), join(machine, 'python3'));
  return machine;
}

export const meltanoWheel: ClientTest = {
  name: 'meltano-wheel',
  title: `Meltano ${pinned('meltano', 'meltano')} with tap-compose from the wheel, without node and Docker, into target-jsonl`,
  run: async (stage) => {
    const { sandbox, report } = stage;
    const target = await openJsonl(stage);
    const project = await MeltanoProject.create(stage, [target], {
      definition: PACKAGE_DEFINITION,
      path: [await pythonMachine(stage)],
      bare: true,
      env: await wheelEnv(),
    });
    const tested = await project.call(['config', 'test', 'tap-compose']);
    report.same('config test', tested.exitCode, 0);
    await project.run([target]);
    const first = await linesOf([target]);
    report.counts('the first sync, in lines of the files', first, sandbox.counts(), INCREMENTAL);
    const { expected } = await makeNews(sandbox);
    await project.run([target]);
    report.counts(
      "the second sync, from Meltano's state, emits only new records",
      await linesOf([target], first),
      expected,
      INCREMENTAL,
    );
  },
};

export const pyAirbyteWheel: ClientTest = {
  name: 'pyairbyte-wheel',
  title: `PyAirbyte ${pinned('clients', 'airbyte')}with the wheel, without node and Docker, into DuckDB`,
  run: async (stage) => {
    const path = [await environment('clients'), await pythonMachine(stage)].join(delimiter);
    await readTwice(stage, 'package', manifest.name, { ...(await wheelEnv()), PATH: path });
  },
};
