import { readFile } from 'node:fs/promises'

export interface Check {
  readonly name: string
  /** A program and its arguments. */
  readonly command: readonly string[]
}

/**
 * The scripts of package.json whose names begin with `check:`, in the order of that file. Each is a single command without
 * quotes, so that the suite can run it without a shell.
 */
export const checks = async (): Promise<Check[]> => {
  const manifest = await readFile(new URL('../../package.json', import.meta.url), 'utf8')
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(manifest)
  return Object.entries(scripts)
    .filter(([name]) => name.startsWith('check:') && name !== 'check:all') // check:all runs the suite itself
    .map(([name, command]) => ({ name: name.slice('check:'.length).replaceAll('-', ' '), command: command.split(' ') }))
}
