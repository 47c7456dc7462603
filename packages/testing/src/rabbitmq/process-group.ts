import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * Runs a shell command in its own session. The shell that leads it waits for the end of its input, which we close or
 * which closes when this process ends, and then kills the session. The end of the command ends the session too.
 */
export const startGroup = (command: string, env: NodeJS.ProcessEnv): ChildProcess => {
  const script = `( ${command}; kill -9 -$$ ) & read -r _; kill -9 -$$`
  const cwd = env['HOME'] // a crashing Erlang node writes a dump into its working directory
  return spawn('/bin/sh', ['-c', script], { env, cwd, detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
}

export const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null

export const killGroup = async (leader: ChildProcess | undefined): Promise<void> => {
  if (!leader || hasEnded(leader)) return
  const ended = once(leader, 'exit')
  leader.stdin?.end()
  await ended
}
