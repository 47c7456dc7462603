/** Bugs that would make the audit miss violations, or report correct states. */
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
    edits: [edit('tools/audit/src/in-progress.ts', 'late && (shipment?.late ?? true)', 'late')],
    check: {
      project: 'int',
      file: live,
      test: 'may be missing in the order while its event waits',
      failure: 'to deeply equal',
    },
  },
]
