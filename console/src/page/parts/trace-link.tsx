import { settings } from '../live.ts'

/** Leads to a trace, if the console knows where traces are shown. Otherwise its id. */
export const TraceLink = ({ traceId }: { readonly traceId: string }) => {
  const { tracesUrl } = settings.value
  if (tracesUrl === null) return <span class="id">{traceId}</span>
  return (
    <a class="id" href={tracesUrl.replace('{traceId}', traceId)} target="_blank" rel="noreferrer">
      {traceId}
    </a>
  )
}
