import { nothingAsked, task } from '@quadrille/service'

/** The task of a channel that isn't configured: it is done, and there is nothing to tell. */
export const skip = task('Notify', () => Promise.resolve(nothingAsked))
