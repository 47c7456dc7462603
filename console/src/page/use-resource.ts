/** Reads a route of a service, and reads it again when it may have changed. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { ApiError } from './api/client.ts'
import { connection, onChanges } from './live.ts'
import { createReader } from './reader.ts'

export interface Resource<Body> {
  /** The last answer. It stays while the route is read again, and when that fails. */
  readonly body: Body | undefined
  /** Set if the last attempt failed. */
  readonly error: ApiError | undefined
  /** Reads it soon. */
  readonly reload: () => void
}

export interface ResourceOptions<Body> {
  /** Whether a change of these orders, by their ids, concerns what was read. Default: never. */
  readonly isConcerned?: (orders: readonly string[], body: Body | undefined) => boolean
  /** Whether it stays as it is. Default: false. */
  readonly paused?: boolean
  /** How often it is read again without a change, ms. Then events that the live stream does not list are ignored. Default: never. */
  readonly everyMs?: number
  /** Called after each attempt that succeeds, also if the answer is unchanged. */
  readonly onRead?: (body: Body) => void
}

/** The result of reading a path. */
interface State<Body> {
  readonly path: string | undefined
  readonly body?: Body
  readonly error?: ApiError
}

/** The interval while the live stream is interrupted, ms. */
const pollEveryMs = 5_000

/** Reads `path` while the component is shown. Without a path it reads nothing. */
export const useResource = <Body>(path: string | undefined, options: ResourceOptions<Body>): Resource<Body> => {
  const [state, setState] = useState<State<Body>>({ path })
  const latest = useRef(options)
  latest.current = options
  const { everyMs, paused = false } = options
  const reload = useRef<() => void>(() => undefined)

  useEffect(() => {
    if (path === undefined) return undefined
    const reader = createReader<Body>(path, {
      onBody: (body) => setState({ path, body }),
      onRead: (body) => latest.current.onRead?.(body),
      isPaused: () => latest.current.paused ?? false,
      onError: (error) => setState((before) => (before.path === path ? { ...before, error } : { path, error })),
    })
    reload.current = reader.soon
    const forget = onChanges(({ orders, unlisted }) => {
      const { isConcerned } = latest.current
      const isUnsure = unlisted > 0 && latest.current.everyMs === undefined
      if (isUnsure || isConcerned?.(orders, reader.body())) reader.soon()
    })
    const polling = setInterval(() => {
      if (connection.value.state !== 'live') reader.soon()
    }, pollEveryMs)
    document.addEventListener('visibilitychange', reader.soon)
    reader.soon()
    const timer = everyMs && setInterval(reader.soon, everyMs)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', reader.soon)
      clearInterval(polling)
      forget()
      reader.stop()
    }
  }, [path, everyMs])

  useEffect(() => {
    if (!paused) reload.current()
  }, [paused])

  const { body, error } = state.path === path ? state : {}
  return { body, error, reload: () => reload.current() }
}
