import { readFile } from 'node:fs/promises'

export interface Check {
  readonly name: string
  /** A program and its arguments. */
  readonly command: readonly string[]
}

/**
 * The scripts of package.json whose names begin with `check:`, in their order. They are single commands without quotes,
 * so that the suite can run them without a shell, as `npm run` does.
 */
export const checks = async (): Promise<Check[]> => {
  const manifest = await readFile(new URL('../../package.json', import.meta.url), 'utf8')
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(manifest)
  return Object.entries(scripts)
    .filter(([name]) => name.startsWith('check:') && name !== 'check:all') // which runs the suite itself
    .map(([name, command]) => ({ name: name.slice('check:'.length).replaceAll('-', ' '), command: command.split(' ') }))
}
