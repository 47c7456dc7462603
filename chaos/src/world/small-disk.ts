/** A file system in memory, which can be full at any moment. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface SmallDisk {
  /** Leaves no room for anything that isn't written yet. */
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
  const resize = (size: string) => execFileSync('mount', ['-o', `remount,size=${size}`, directory])
  return {
    fill: () => {
      const { blocks, bfree, bsize } = statfsSync(directory)
      resize(String((blocks - bfree + 1) * bsize))
    },
    makeRoom: () => void resize(`${sizeMb}m`),
    unmount: (keep) => {
      const kept = keep.map((file) => [join(directory, file), readFileSync(join(directory, file))] as const)
      execFileSync('umount', [directory])
      for (const [file, content] of kept) writeFileSync(file, content)
    },
  }
}
