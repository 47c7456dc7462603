/** Bugs that would make the audit miss violations, or report correct states, or run more than once at a time. */
import { edit, type PlantedBug } from '../bug.ts'

const live = 'tools/audit/test/live.int.test.ts'

export const auditBugs: readonly PlantedBug[] = [
  {
    name: 'treat every settled order as in progress while any message waits',
    edits: [edit('tools/audit/src/drained.ts', 'rounds >= hops ?', 'rounds < 0 ?')],
    check: { project: 'int', file: live, test: 'until each queue has been empty', failure: 'to deeply equal' },
  },
  {
    name: 'treat queues that were never empty as drained',
    edits: [edit('tools/audit/src/drained.ts', 'if (emptied.size < queues.size) return', '')],
    check: { project: 'int', file: live, test: 'until each queue has been empty', failure: 'to deeply equal' },
  },
  {
    name: 'report a parcel while its event is in transit',
    edits: [edit('tools/audit/src/in-progress.ts', ' && (shipment?.late ?? true)', '')],
    check: {
      project: 'int',
      file: live,
      test: 'may be missing in the order while its event waits',
      failure: 'to deeply equal',
    },
  },
  {
    name: 'say nothing about queues that the audit has not read',
    edits: [edit('tools/audit/src/invariants/i8-no-work-is-left.ts', 'queues === undefined &&', 'queues === null &&')],
    check: {
      project: 'int',
      file: live,
      test: 'the queues are not said to be checked, unless the broker is in-process',
      failure: 'to match',
    },
  },
  {
    name: 'start a run of the audit while another one is in progress',
    edits: [edit('tools/audit/src/server/audit-runs.ts', 'if (running === null) void run()', 'void run()')],
    check: {
      project: 'unit',
      file: 'tools/audit/test/runs.unit.test.ts',
      test: 'two runs never overlap',
      failure: 'to have a length of 1',
    },
  },
  {
    name: 'let the audit listen beyond the loopback without AUTH=off',
    edits: [
      edit(
        'tools/audit/src/command/serve.ts',
        '!isLoopback(HOST) && AUTH === undefined',
        '!HOST && AUTH === undefined',
      ),
    ],
    check: {
      project: 'unit',
      file: 'tools/audit/test/server.unit.test.ts',
      test: 'it does not listen beyond the loopback, unless AUTH=off confirms it',
      failure: 'to throw an error',
    },
  },
]
