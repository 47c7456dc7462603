import { join } from 'node:path'

/** The logs of all instances and nodes in the folder of a run. */
export const logsIn = (folder: string): string => join(folder, 'logs')
