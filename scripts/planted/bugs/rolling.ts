/** Bugs that show when versions are mixed: a schema that is newer than the instance, and events of two versions. */
import { edit, type PlantedBug } from '../bug.ts'

export const rollingBugs: readonly PlantedBug[] = [
  {
    name: 'blame a message for a plan that a migration made stale',
    edits: [edit('packages/postgres/src/fault.ts', 'conflicts.has(code) || isStalePlan(error)', 'conflicts.has(code)')],
    check: {
      project: 'int',
      file: 'packages/service/test/stale-plans.int.test.ts',
      test: 'a message that meets a stale plan is applied',
      failure: "to deeply equal { status: 'applied' }",
    },
  },
  {
    name: 'go on with connections whose plans are stale',
    edits: [edit('packages/postgres/src/fresh-connections.ts', '      generation += 1\n', '')],
    check: {
      project: 'int',
      file: 'packages/service/test/stale-plans.int.test.ts',
      test: 'a transaction is a conflict, and works the next time, whichever connection it gets',
      failure: 'cached plan must not change result type',
    },
  },
]
