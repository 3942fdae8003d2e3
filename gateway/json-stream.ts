interface JsonStreamOptions {
  /** Name to save it under: letters, digits, `.` and `-`. */
  filename: string
  /** Cuts the document off: whoever reads it has no right to it any more. */
  ended: AbortSignal | undefined
  /** Told of each reading as it begins: a reader may be gone before it has come to its end. */
  onReading?: (reading: Promise<void>) => void
}

/**
 * A JSON document as it is made: a piece is asked for when the reader has taken the one before, and none once the
 * reader is gone. An empty piece is a moment to notice that. What fails after the beginning cuts the connection, so
 * that half a document is never taken for one.
 */
export function jsonStream(
  pieces: AsyncGenerator<string, void>,
  { filename, ended, onReading }: JsonStreamOptions,
): Response {
  const encoder = new TextEncoder()
  let cut = false

  async function read(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    while (!cut) {
      ended?.throwIfAborted()
      const { done, value } = await pieces.next()
      if (cut) return
      if (done) return controller.close()
      if (value !== '') return controller.enqueue(encoder.encode(value))
    }
  }

  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        ended?.addEventListener('abort', () => {
          cut = true
          controller.error(ended.reason)
        })
      },
      pull(controller) {
        const reading = read(controller)
        onReading?.(reading)
        return reading
      },
      async cancel() {
        cut = true
        await pieces.return()
      },
    },
    // Nothing is made before somebody reads: HEAD never does.
    { highWaterMark: 0 },
  )
  return new Response(body, {
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Disposition': `attachment; filename="${filename}"`,
      'X-Accel-Buffering': 'no',
    },
  })
}
