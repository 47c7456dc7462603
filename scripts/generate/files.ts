/** The generated files: their texts by their paths in the repository. */
import { localStartFiles } from '../../local/scripts/services/files.ts'

export type Files = ReadonlyMap<string, string>

/** The local start, which must contain every service before the other files can be generated. */
export const localFiles: () => Files = localStartFiles

/** The other files. The modules are imported when this is called, because some of them import the local start. */
export const generatedFiles = async (): Promise<Files> => {
  const { languageFiles } = await import('../../packages/events/scripts/files.ts')
  const { deploymentFiles } = await import('../../deploy/src/files.ts')
  const { pageFiles } = await import('../../local/scripts/files.ts')
  return new Map([...languageFiles(), ...deploymentFiles(), ...pageFiles()])
}
