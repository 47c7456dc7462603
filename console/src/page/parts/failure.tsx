/** A part of the page that can't be shown, with the reason. */
import type { ApiError } from '../api/client.ts'

interface FailureProps {
  /** The missing part, as in "The orders". */
  readonly what: string
  readonly error: ApiError
  readonly retry: () => void
}

export const Failure = ({ what, error, retry }: FailureProps) => (
  <div class="failure" role="alert">
    <p>
      <strong>{what} can’t be shown.</strong> {error.message}
    </p>
    <button type="button" onClick={retry}>
      Try again
    </button>
  </div>
)
