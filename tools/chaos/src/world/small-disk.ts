/** A file system in memory, which can be full at any moment. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface SmallDisk {
  /** Leaves next to no room for anything that isn't written yet. */
  fill(): void
  makeRoom(): void
  /** All on it is gone but these files. */
  unmount(keep: readonly string[]): void
}

/** In memory as far as it is used. */
const sizeMb = 4_096

/** Mounts one at the directory, which is made. Null where this isn't Linux, or we may not. */
export const mountSmallDisk = (directory: string): SmallDisk | null => {
  mkdirSync(directory, { recursive: true })
  const options = `size=${sizeMb}m,mode=0755`
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'quadrille-chaos', directory], { stdio: 'ignore' })
  if (mounted.status !== 0) return null
  /** False where more is written already. */
  const resize = (size: string) =>
    spawnSync('mount', ['-o', `remount,size=${size}`, directory], { stdio: 'ignore' }).status === 0
  const leave = (free: number) => {
    const { blocks, bfree, bsize } = statfsSync(directory)
    return resize(String((blocks - bfree + free) * bsize))
  }
  return {
    fill: () => {
      for (let blocks = 1; !leave(blocks); blocks *= 2); // others go on writing
    },
    makeRoom: () => {
      if (!resize(`${sizeMb}m`)) throw new Error(`${directory} can't be made larger again.`)
    },
    unmount: (keep) => {
      const kept = keep.map((file) => [join(directory, file), readFileSync(join(directory, file))] as const)
      execFileSync('umount', [directory])
      for (const [file, content] of kept) writeFileSync(file, content)
    },
  }
}
