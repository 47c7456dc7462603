/** Sends spans by OTLP over HTTP. */
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'

/** To what is there for traces at this base URL. */
export const exporterTo = (endpoint: string): OTLPTraceExporter =>
  new WordlessExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` })

/** An error may quote what a customer wrote: no span says its words. They are in the log. */
class WordlessExporter extends OTLPTraceExporter {
  override export(...[spans, done]: Parameters<OTLPTraceExporter['export']>): void {
    for (const { status } of spans) delete status.message
    super.export(spans, done)
  }
}
