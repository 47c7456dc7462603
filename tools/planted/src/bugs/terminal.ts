/** Bugs in what `npm start` prints. */
import { edit, type PlantedBug } from '../bug.ts'

const folder = 'local/src/terminal'

export const terminalBugs: readonly PlantedBug[] = [
  {
    name: 'let the text of strangers control the terminal',
    edits: [edit(`${folder}/style.ts`, 'text.replaceAll(/[\\p{Cc}\\p{Cf}]/gu', 'text.replaceAll(/[\\p{Zl}\\p{Zp}]/gu')],
    check: {
      project: 'unit',
      file: 'local/test/terminal/log-line.unit.test.ts',
      test: 'contains no escape sequence of others',
      failure: 'to be',
    },
  },
  {
    name: 'print a line for each order, however many there are',
    edits: [edit(`${folder}/live-orders.ts`, 'const linesASecond = 20', 'const linesASecond = 20_000')],
    check: {
      project: 'unit',
      file: 'local/test/terminal/live-orders.unit.test.ts',
      test: 'of many orders a second it shows 20',
      failure: 'length of 20',
    },
  },
]
