/** Bugs in the protocol of statements that are sent together. */
import { edit, type PlantedBug } from '../bug.ts'

const unit = 'packages/postgres/src/unit.ts'

export const pipelineBugs: readonly PlantedBug[] = [
  {
    name: 'treat a statement as done that could not be committed',
    edits: [edit(unit, 'this.#answered === this.#pending.length ? 0 : this', 'this')],
    file: 'packages/service/test/core/pipeline.int.test.ts',
    test: 'fails outside of a transaction even if it fails when its effects are committed',
    failure: "to be 'rejected'",
  },
  {
    name: 'take a statement for prepared that the server has skipped',
    edits: [edit(unit, 'if (!statement.isDescribed) this', 'if (statement.isDescribed === undefined) this')],
    file: 'packages/service/test/core/pipeline.int.test.ts',
    test: 'is prepared again when it is repeated, with those that were skipped because of it',
    failure: "expected [ { status: 'rejected', …(1) }, …(1) ] to deeply equal",
  },
  {
    name: 'keep a connection whose answers are late',
    edits: [edit(unit, 'if (isLate) connection', 'if (!isLate) connection')],
    file: 'packages/service/test/core/pipeline.int.test.ts',
    test: 'closes a connection whose answer does not arrive in time',
    failure: 'to be less than 8000',
  },
]
