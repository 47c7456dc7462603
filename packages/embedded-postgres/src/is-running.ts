import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { codeOf, isAbsent } from './error-code.ts'

/**
 * Also true for a process of another user, or if it can't be found out. False for a zombie, which the kernel keeps until its
 * parent waits for it. Where the folder `proc` is missing, as on macOS, it asks ps(1).
 */
export const isRunning = (pid: number, proc = '/proc'): boolean => {
  const state = existsSync(`${proc}/self/stat`) ? stateIn(proc, pid) : stateFromPs(pid)
  return state !== '' && !state.startsWith('Z')
}

/** Begins with the state, one character (proc_pid_stat(5)). Empty if there is no such process. */
const stateIn = (proc: string, pid: number): string => {
  try {
    const stat = readFileSync(`${proc}/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2) // the name of the program before it may contain any character
  } catch (error) {
    return isAbsent(error) || codeOf(error) === 'ESRCH' ? '' : 'unknown'
  }
}

const stateFromPs = (pid: number): string => {
  const { stdout, error } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
  if (error) throw error
  return stdout.trim()
}
