/** Bugs in the audit: what it would fail to see. */
import { edit, type PlantedBug } from '../bug.ts'

const live = 'tools/audit/test/live.int.test.ts'

export const auditBugs: readonly PlantedBug[] = [
  {
    name: 'let the live audit judge no young order while messages wait',
    edits: [edit('tools/audit/src/drained.ts', 'rounds >= hops ?', 'rounds < 0 ?')],
    check: { project: 'int', file: live, test: 'until each queue has been empty', failure: 'to deeply equal' },
  },
  {
    name: 'let the live audit take a queue for drained that never was empty',
    edits: [edit('tools/audit/src/drained.ts', 'if (emptied.size < queues.size) return', '')],
    check: { project: 'int', file: live, test: 'until each queue has been empty', failure: 'to deeply equal' },
  },
]
