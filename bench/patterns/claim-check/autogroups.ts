/** The setting of Linux that decides whether a worker displaces only the processes of its own session. */
import { readFile } from 'node:fs/promises'

/** `with autogroups`, `without autogroups`, or an empty text on other systems. */
export const describeAutogroups = async (): Promise<string> => {
  const setting = await readFile('/proc/sys/kernel/sched_autogroup_enabled', 'utf8').catch(() => null)
  if (setting === null) return ''
  return setting.trim() === '1' ? 'with autogroups' : 'without autogroups'
}
