interface JsonStreamOptions {
  /** Name to save it under: letters, digits, `.` and `-`. */
  filename: string
  /** Cuts the document off: whoever reads it has no right to it any more. */
  ended: AbortSignal | undefined
}

/**
 * A JSON document as it is made: a piece is asked for when the reader has taken the one before, and none once the
 * reader is gone. What fails after the beginning cuts the connection, so that half a document is never taken for one.
 */
export function jsonStream(
  pieces: AsyncGenerator<string, void>,
  { filename, ended }: JsonStreamOptions,
): Response {
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        ended?.addEventListener('abort', () => controller.error(ended.reason))
      },
      async pull(controller) {
        ended?.throwIfAborted()
        const { done, value } = await pieces.next()
        if (done) controller.close()
        else controller.enqueue(encoder.encode(value))
      },
      async cancel() {
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
