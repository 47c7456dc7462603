import { existsSync } from 'node:fs'
import { readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { codeOf } from './error-code.ts'
import { deleteEmptyPidFile, invalidatePidFile, isPostgresOn, readPidFile } from './pid-file.ts'

/**
 * Fast shutdown, immediate shutdown (Postgres manual, "Shutting Down the Server") and kill, each with its time limit,
 * ms.
 */
const escalation = [
  ['SIGINT', 5_000],
  ['SIGQUIT', 3_000],
  ['SIGKILL', 2_000],
] as const

const pollMs = 20

/**
 * Stops the Postgres that a killed start left running on this cluster, and waits for its end. Then its pid file prevents no start.
 * @throws if it can't be stopped.
 */
export const stopLeftover = async (cluster: string, log: (line: string) => void): Promise<void> => {
  const pid = readPidFile(cluster)?.pid
  if (pid === undefined) return deleteEmptyPidFile(cluster)
  if (!isPostgresOn(cluster, pid)) {
    invalidatePidFile(cluster)
    return
  }
  log(`stopping the Postgres of an earlier start (process ${pid})`)
  for (const [signal, patienceMs] of escalation) {
    if (!send(signal, pid)) return
    if (await isGone(cluster, pid, patienceMs)) return
  }
  throw new Error(`Process ${pid}, a Postgres of an earlier start on ${cluster}, can't be stopped.`)
}

/** False if the process has exited. */
const send = (signal: NodeJS.Signals, pid: number): boolean => {
  try {
    return process.kill(pid, signal)
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false
    throw error
  }
}

const isGone = async (cluster: string, pid: number, patienceMs: number): Promise<boolean> => {
  const deadline = performance.now() + patienceMs
  while (isPostgresOn(cluster, pid)) {
    if (performance.now() > deadline) return false
    await delay(pollMs)
  }
  return true
}

/**
 * Stops the server of a cluster, and deletes the cluster. It is renamed first, so that a start never uses a half of it. The next
 * start deletes what a killed deletion has left.
 */
export const deleteCluster = async (cluster: string, log: (line: string) => void): Promise<void> => {
  if (existsSync(cluster)) {
    await stopLeftover(cluster, log)
    await rename(cluster, unfinished(cluster))
  }
  await removeUnfinished(cluster)
}

/** A name for a cluster while it is created or deleted. */
export const unfinished = (cluster: string): string => `${cluster}.unfinished-${process.pid}`

/** Deletes what killed starts and deletions of this cluster have left. */
export const removeUnfinished = async (cluster: string): Promise<void> => {
  const parent = dirname(cluster)
  const siblings = existsSync(parent) ? await readdir(parent) : []
  const left = siblings.filter((name) => name.startsWith(`${basename(cluster)}.unfinished-`))
  await Promise.all(left.map((name) => rm(join(parent, name), { recursive: true, force: true, maxRetries: 5 })))
}
