/** Bugs in the protocol of statements that are sent together. */
import { edit, type PlantedBug } from '../bug.ts'

const unit = 'packages/postgres/src/unit.ts'
const pipeline = 'packages/service/test/core/pipeline.int.test.ts'

export const pipelineBugs: readonly PlantedBug[] = [
  {
    name: 'treat a statement as done that could not be committed',
    edits: [edit(unit, 'this.#answered === this.#pending.length ? 0 : this', 'this')],
    check: {
      project: 'int',
      file: pipeline,
      test: 'fails outside of a transaction even if it fails when its effects are committed',
      failure: "to be 'rejected'",
    },
  },
  {
    name: 'take a statement for prepared that the server has skipped',
    edits: [edit(unit, 'if (!statement.isDescribed) this', 'if (statement.isDescribed === undefined) this')],
    check: {
      project: 'int',
      file: pipeline,
      test: 'is prepared again when it is repeated, with those that were skipped because of it',
      failure: 'to deeply equal',
    },
  },
  {
    name: 'keep a connection whose answers are late',
    edits: [edit(unit, 'if (isLate) connection', 'if (!isLate) connection')],
    check: {
      project: 'int',
      file: pipeline,
      test: 'closes a connection whose answer does not arrive in time',
      failure: 'to be less than',
    },
  },
  {
    name: 'write negative numbers of 64 bits one too high',
    edits: [
      edit('packages/postgres/src/message-writer.ts', 'Math.floor(value / 2 ** 32)', 'Math.trunc(value / 2 ** 32)'),
    ],
    check: {
      project: 'unit',
      file: 'packages/postgres/test/binary.unit.test.ts',
      test: 'a value of the type 20 has a binary format: -2',
      failure: "expected '00000000fffffffe'",
    },
  },
]
