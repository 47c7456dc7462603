import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** The size of the files of a RabbitMQ node, MB. NaN if its process is not on this machine, or not ours. */
export const sizeOnDisk = (pid: number | null): number => {
  const folder = pid === null ? null : dataFolder(pid)
  if (folder === null) return Number.NaN
  // It fails if RabbitMQ deletes a file meanwhile, and prints the sum of the others.
  const { stdout } = spawnSync('du', ['-sk', folder], { encoding: 'utf8' })
  return (Number.parseInt(stdout ?? '', 10) * 1_024) / 1e6
}

/** From the variables of the process (https://www.rabbitmq.com/docs/relocate). */
const dataFolder = (pid: number): string | null => {
  try {
    const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
    return variables.find((variable) => variable.startsWith('RABBITMQ_MNESIA_DIR='))?.split('=')[1] ?? null
  } catch {
    return null // no /proc, or no permission
  }
}
