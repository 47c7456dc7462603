import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * Runs a shell command in a session of its own. The shell that leads it waits for the end of its input, which comes when we
 * close it or die, and then kills everything in it. The command's own end ends the group too.
 */
export const startGroup = (command: string, env: NodeJS.ProcessEnv): ChildProcess => {
  const script = `( ${command}; kill -9 -$$ ) & read -r _; kill -9 -$$`
  const cwd = env['HOME'] // an Erlang node that crashes leaves a dump where it runs
  return spawn('/bin/sh', ['-c', script], { env, cwd, detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
}

export const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null

export const killGroup = async (leader: ChildProcess | undefined): Promise<void> => {
  if (!leader || hasEnded(leader)) return
  const ended = once(leader, 'exit')
  leader.stdin?.end()
  await ended
}
