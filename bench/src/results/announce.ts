import { warnOfMemoryDisk } from './machine.ts'

/** Prints where the results are written, and a warning if syncs cost nothing. */
export const announce = (file: string, print: (line: string) => void): void => {
  print(`The results are written to ${file}. After an interruption: npm run bench -- --resume ${file}`)
  const warning = warnOfMemoryDisk()
  if (warning) print(warning)
}
