/** The codes of a path that does not exist, also because a part of it is a file. */
const absent: readonly unknown[] = ['ENOENT', 'ENOTDIR']

export const isAbsent = (error: unknown): boolean => absent.includes(codeOf(error))

/** The code of an error of the operating system. */
export const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)
