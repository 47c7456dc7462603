import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * Runs a shell command in its own process group. The leading shell kills the group when its input ends: when `killGroup`
 * closes it, or when this process exits. The end of the command ends the group too.
 */
export const startGroup = (command: string, env: NodeJS.ProcessEnv): ChildProcess => {
  const script = `( ${command}; kill -9 -$$ ) & read -r _; kill -9 -$$`
  return spawn('/bin/sh', ['-c', script], { env, detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
}

export const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null

export const killGroup = async (leader: ChildProcess | undefined): Promise<void> => {
  if (!leader || hasEnded(leader)) return
  const ended = once(leader, 'exit')
  leader.stdin?.end()
  await ended
}
