/**
 * postmaster.pid, the file by which a running Postgres marks its cluster. Its lines: process id, directory, start time,
 * port, socket directory, address, shared memory, status (src/include/utils/pidfile.h).
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { overwriteClusterFile, readClusterFile } from './cluster-file.ts'

/** Above every process id of a kernel (Linux: at most 2^22, pid_max(5)). */
const noPid = 2 ** 31 - 1

export interface PidFile {
  readonly pid: number
  readonly port: number
  readonly ready: boolean
}

const pidFile = 'postmaster.pid'

/** Null if it is missing or incomplete. */
export const readPidFile = (cluster: string): PidFile | null => {
  const lines = readClusterFile(cluster, pidFile)?.split('\n')
  if (!lines) return null
  const pid = Number(lines[0])
  return Number.isInteger(pid) && pid > 0 ? { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' } : null
}

/**
 * True if this process is a Postgres on this cluster. A process id alone proves nothing, because the kernel reuses it.
 */
export const isPostgresOn = (cluster: string, pid: number): boolean => {
  const command = commandLine(pid)
  return command.includes('bin/postgres') && command.includes(` -D ${cluster} `)
}

const commandLine = (pid: number): string => {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    return execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
  } catch {
    return '' // there is no such process
  }
}

/**
 * Marks the process in the file as ended, if another process has its id now. Postgres would take that for a running
 * server and refuse to start. The file stays, because a new server uses its line on shared memory to detect remaining
 * backends of the old one. Does nothing if Postgres has deleted it.
 */
export const invalidatePidFile = (cluster: string): void => {
  const lines = readClusterFile(cluster, pidFile)?.split('\n')
  if (!lines) return
  const [, ...rest] = lines
  overwriteClusterFile(cluster, pidFile, [noPid, ...rest].join('\n'))
}

/** Deletes a pid file that is empty: Postgres was killed before it wrote its lines, and does not start beside an empty file. */
export const deleteEmptyPidFile = (cluster: string): void => {
  if (readClusterFile(cluster, pidFile) === '') rmSync(join(cluster, pidFile))
}
