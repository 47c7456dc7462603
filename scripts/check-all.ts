/** `npm run check:all`: every check in full. It takes hours, so it can be interrupted and resumed. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readFlags } from '../packages/command-line/src/index.ts'
import { type Piece, piecesOf } from './check-all/pieces.ts'
import { type PieceResult, type Record, readRecord, stateOfTheCode, writeRecord } from './check-all/record.ts'
import { hasPassed, markOf, verdictIn } from './check-all/verdict.ts'
import { runCommand } from './suite/command.ts'

const help = `Usage: npm run check:all [-- --only TEXT] [--again]

Runs every check in full, piece by piece: the suite, its tests in full size, RabbitMQ 4, Compose, observability, known
vulnerabilities, all planted bugs, 20 minutes of faults, a million fuzzed requests, overload. A piece that has passed for this
state of the code is not run again, so the same command resumes a run that was interrupted. A piece that ran nothing, such as
Compose without Docker, is marked – and is tried again. The output of each piece is in .checks/<commit>/. The last line adds up
all pieces.

  --only    only the pieces with this text in their names
  --again   repeats pieces that have passed`

const root = fileURLToPath(new URL('../.checks', import.meta.url))

const runPiece = async ({ name, command }: Piece, folder: string): Promise<PieceResult> => {
  const { ok, output, ms } = await runCommand(command)
  await writeFile(join(folder, `${name}.log`), `$ ${command.join(' ')}\n${output}\n`)
  return { ...verdictIn(output, ok), seconds: Math.round(ms / 1_000) }
}

const lineOf = (name: string, { passed, failed, seconds }: PieceResult): string =>
  `${markOf({ passed, failed })} ${name}: ${passed} passed, ${failed} failed (${seconds} s)`

const main = async (args: readonly string[]): Promise<void> => {
  const { values } = readFlags('npm run check:all', {
    args: [...args],
    options: {
      only: { type: 'string', default: '' },
      again: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return console.log(help)
  const folder = join(root, await stateOfTheCode())
  await mkdir(folder, { recursive: true })
  let record: Record = await readRecord(folder)
  const pieces = piecesOf(record.seed).filter(({ name }) => name.includes(values.only))
  if (pieces.length === 0) throw new Error(`No piece contains "${values.only}" in its name.`)
  console.log(`${pieces.length} pieces, seed ${record.seed}, logs in ${folder}`)
  for (const piece of pieces) {
    const before = record.results[piece.name]
    const result = before && hasPassed(before) && !values.again ? before : await runPiece(piece, folder)
    record = { ...record, results: { ...record.results, [piece.name]: result } }
    await writeRecord(folder, record)
    console.log(`${lineOf(piece.name, result)}${result === before ? ', before' : ''}`)
  }
  const results = pieces.flatMap(({ name }) => record.results[name] ?? [])
  const sum = (of: (result: PieceResult) => number) => results.reduce((total, result) => total + of(result), 0)
  const failed = sum((result) => result.failed)
  if (failed > 0) process.exitCode = 1
  console.log(`${sum(({ passed }) => passed)} passed, ${failed} failed`)
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  console.error(`check:all: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 2
}
