/** Shared code of the ports' conformance suites. Each test of a suite runs on its own harness. */

/** Creates the harnesses of a suite. */
interface Harnesses<Harness extends AsyncDisposable> {
  readonly makeHarness: () => Promise<Harness>
}

/** A test that runs on a new harness, and disposes of it. */
export const on =
  <Harness extends AsyncDisposable>(
    { makeHarness }: Harnesses<Harness>,
    test: (harness: Harness) => Promise<void>,
  ): (() => Promise<void>) =>
  async () => {
    await using harness = await makeHarness()
    await test(harness)
  }

/** A feature that a test needs. @throws if it is missing. */
export const required = <Feature>(feature: Feature | null | undefined): Feature => {
  if (feature === undefined || feature === null) throw new Error('The harness lacks a feature that it declares.')
  return feature
}

export const neverAborted: AbortSignal = new AbortController().signal
