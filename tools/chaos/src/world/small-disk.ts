/** A file system in memory, which can be filled at any moment. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface SmallDisk {
  /** Leaves almost no free space. */
  fill(): void
  freeSpace(): void
  /** Deletes everything on it except for these files. */
  unmount(keep: readonly string[]): void
}

/** The file system uses memory only for its content. */
const sizeMb = 4_096

/** Creates the directory, and mounts a file system there. Null if this is not Linux, or mounting is not permitted. */
export const mountSmallDisk = (directory: string): SmallDisk | null => {
  mkdirSync(directory, { recursive: true })
  const options = `size=${sizeMb}m,mode=0755`
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'quadrille-chaos', directory], { stdio: 'ignore' })
  if (mounted.status !== 0) return null
  /** False if the content is larger already. */
  const resize = (size: string) =>
    spawnSync('mount', ['-o', `remount,size=${size}`, directory], { stdio: 'ignore' }).status === 0
  const leave = (free: number) => {
    const { blocks, bfree, bsize } = statfsSync(directory)
    return resize(String((blocks - bfree + free) * bsize))
  }
  return {
    fill: () => {
      for (let blocks = 1; !leave(blocks); blocks *= 2); // other processes keep writing
    },
    freeSpace: () => {
      if (!resize(`${sizeMb}m`)) throw new Error(`${directory} can't be enlarged again.`)
    },
    unmount: (keep) => {
      const files = keep.map((file) => join(directory, file)).filter((file) => existsSync(file))
      const kept = files.map((file) => [file, readFileSync(file)] as const)
      execFileSync('umount', [directory])
      for (const [file, content] of kept) writeFileSync(file, content)
    },
  }
}
