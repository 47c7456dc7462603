/** The answer of a route, which is read again when it may have changed. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { ApiError } from './api/client.ts'
import { type FollowOptions, followRoute } from './follow-route.ts'

export interface Resource<Body> {
  /** The last answer. It stays while the route is read again, and when that fails. */
  readonly body: Body | undefined
  /** Set if the last attempt failed. */
  readonly error: ApiError | undefined
  /** Reads it soon. */
  readonly reload: () => void
}

/** `isConcerned` is given for a path always or never. */
export interface ResourceOptions<Body> extends Pick<FollowOptions<Body>, 'isConcerned' | 'everyMs' | 'onRead'> {
  /** Whether it stays as it is. Default: false. */
  readonly paused?: boolean
}

/** The result of reading a path. */
interface State<Body> {
  readonly path: string | undefined
  readonly body?: Body
  readonly error?: ApiError
}

/** Reads `path` while the component is shown. Without a path it reads nothing. */
export const useResource = <Body>(path: string | undefined, options: ResourceOptions<Body>): Resource<Body> => {
  const [state, setState] = useState<State<Body>>({ path })
  const latest = useRef(options)
  latest.current = options
  const { isConcerned, everyMs, paused = false } = options
  const reload = useRef<() => void>(() => undefined)

  useEffect(() => {
    if (path === undefined) return undefined
    const { soon, stop } = followRoute<Body>(path, {
      everyMs,
      isConcerned: isConcerned && ((orders, body) => latest.current.isConcerned?.(orders, body) ?? false),
      onBody: (body) => setState({ path, body }),
      onRead: (body) => latest.current.onRead?.(body),
      isPaused: () => latest.current.paused ?? false,
      onError: (error) => setState((before) => (before.path === path ? { ...before, error } : { path, error })),
    })
    reload.current = soon
    return stop
  }, [path, everyMs])

  useEffect(() => {
    if (!paused) reload.current()
  }, [paused])

  const { body, error } = state.path === path ? state : {}
  return { body, error, reload: () => reload.current() }
}
