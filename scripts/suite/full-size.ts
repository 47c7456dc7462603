import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { UsageError } from '../../packages/command-line/src/index.ts'
import { runProgram } from './program.ts'

const root = new URL('../../', import.meta.url)

/** The test files with a full size: those that call `sized`, and those of the project `long`, which have only that size. */
export const filesWithFullSize = async (): Promise<string[]> => {
  const listed = await runProgram(['vitest', 'list', '--filesOnly', '--json'], { TEST_SIZE: 'full' })
  if (!listed.ok) throw new Error(`vitest lists no files: ${listed.output}`)
  const all: readonly { file: string; projectName: string }[] = JSON.parse(listed.stdout)
  const files = await Promise.all(
    all.map(async ({ file, projectName }) => {
      const isSized = projectName === 'long' || (await readFile(file, 'utf8')).includes('sized({ quick: ')
      return isSized ? [file.slice(fileURLToPath(root).length)] : []
    }),
  )
  return files.flat()
}

/**
 * A part of these files: every third one, from the second, for `2/3`. Files of one folder, which may all be long, are in
 * different parts.
 * @throws {UsageError} if there is no such part.
 */
export const partOf = (files: readonly string[], part: string): string[] => {
  const [number = 0, of = 0] = part.split('/').map(Number)
  if (number < 1 || number > of) throw new UsageError(`There is no part ${part}.`)
  return files.toSorted().filter((_, index) => index % of === number - 1)
}
