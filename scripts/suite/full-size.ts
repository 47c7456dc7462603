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
 * The arguments for vitest: these, or else the files of the part, by default all.
 * @throws {UsageError} if there is no such part, or if both are given.
 */
export const fullSizeArgs = async (args: readonly string[], part?: string): Promise<readonly string[]> => {
  if (args.length === 0) return partOf(await filesWithFullSize(), part ?? '1/1')
  if (part !== undefined) throw new UsageError(`--part takes no other arguments beside it: ${args.join(' ')}`)
  return args
}

/**
 * A part of these files: every third one, from the second, for `2/3`. Files of one folder, which may all be long, are in
 * different parts.
 * @throws {UsageError} if there is no such part, or no file in it: vitest without a file runs all tests.
 */
export const partOf = (files: readonly string[], part: string): string[] => {
  const [, number, of] = /^(\d+)\/(\d+)$/.exec(part) ?? []
  const found = files.toSorted().filter((_, index) => index % Number(of) === Number(number) - 1)
  if (found.length === 0) throw new UsageError(`There is no part ${part}.`)
  return found
}
