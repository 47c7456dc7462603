/** `npm run reconcile`: sends each service its missing messages. `npm run reconcile -- --help` explains it. */
import { findLocations } from '@quadrille/audit'
import { runMain } from '@quadrille/command-line'
import { shop } from '@quadrille/events'
import { type PublishVersions, publishVersionsFormat } from '@quadrille/messages'
import { help, readFlags } from './flags.ts'
import { outcomeText } from './outcome-text.ts'
import { type Progress, reconcile } from './reconcile.ts'

const publishVersions = (): PublishVersions => {
  const { PUBLISH_VERSIONS = '' } = process.env
  const versions = shop.readPublishVersions(PUBLISH_VERSIONS)
  if (versions) return versions
  throw new Error(`PUBLISH_VERSIONS is wrong: ${publishVersionsFormat}`)
}

/** The interval of progress reports, ms. A shorter run reports no progress. */
const progressEveryMs = 5_000

const progressReporter = () => {
  let last = performance.now()
  return ({ part, of }: Progress): void => {
    if (performance.now() - last < progressEveryMs) return
    last = performance.now()
    console.error(`reconcile: comparing part ${part} of ${of}`)
  }
}

/** Resolves to the exit code. */
const main = async (): Promise<number> => {
  const flags = readFlags(process.argv.slice(2))
  if (!flags) {
    console.log(help)
    return 0
  }
  const { databases } = findLocations(process.env)
  const outcome = await reconcile({
    databases,
    ...flags,
    publishVersions: publishVersions(),
    onProgress: progressReporter(),
  })
  console.log(outcomeText(flags, outcome))
  return outcome.unhandled === 0 || flags.dryRun ? 0 : 1
}

await runMain('reconcile', main, { errorCode: 2 })
