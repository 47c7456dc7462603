import { readFileSync } from 'node:fs'

/** The codes of a path that does not exist, also because a part of it is a file. */
const absent: readonly unknown[] = ['ENOENT', 'ENOTDIR']

/** The file's text. Undefined if it does not exist; it may be deleted at any time. */
export const readIfExists = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (absent.includes(codeOf(error))) return undefined
    throw error
  }
}

/** The code of an error of the operating system. */
export const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)
