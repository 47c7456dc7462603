import { open } from 'node:fs/promises'

/** Lets the names of new and renamed files in the directory survive a power failure (fsync(2)). */
export const syncDirectory = async (directory: string): Promise<void> => {
  const handle = await open(directory)
  await handle.sync().finally(() => handle.close())
}
