import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
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
