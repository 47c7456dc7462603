/** Bugs that would make the audit miss violations. */
import { edit, type PlantedBug } from '../bug.ts'

const live = 'tools/audit/test/live.int.test.ts'

export const auditBugs: readonly PlantedBug[] = [
  {
    name: 'treat all settled orders as in progress while messages wait',
    edits: [edit('tools/audit/src/drained.ts', 'rounds >= hops ?', 'rounds < 0 ?')],
    check: { project: 'int', file: live, test: 'until each queue has been empty', failure: 'to deeply equal' },
  },
  {
    name: 'count queues as drained that were never empty',
    edits: [edit('tools/audit/src/drained.ts', 'if (emptied.size < queues.size) return', '')],
    check: { project: 'int', file: live, test: 'until each queue has been empty', failure: 'to deeply equal' },
  },
]
