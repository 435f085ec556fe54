import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { AnswerStream } from './answer-stream.ts';
import type { HeldBytes } from './held-bytes.ts';

export interface UpstreamAnswer {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  /** Small ones whole; larger ones, and those of unknown length, while they come. */
  readonly body: Buffer | AnswerStream;
}

export interface ReceiverOptions {
  readonly method: string;
  readonly held: HeldBytes;
  readonly mostHeldBytes: number;
  readonly signal?: AbortSignal | undefined;
  /** Once, when nothing more comes, or will. */
  readonly onEnd: () => void;
}

/** Answers up to this size are given whole: a list of twenty tasks, and most others. */
const wholeBytes = 16 * 1024;

/** Receives one answer from undici. */
export class AnswerReceiver implements Dispatcher.DispatchHandler {
  /** Whether anything of the request may have reached the service. */
  isSent = false;
  /** Whether anything came back. */
  isAnswered = false;
  readonly answer: Promise<UpstreamAnswer>;
  readonly #settle: PromiseWithResolvers<UpstreamAnswer>;
  readonly #options: ReceiverOptions;
  #controller: Dispatcher.DispatchController | undefined;
  #head: Pick<UpstreamAnswer, 'statusCode' | 'headers'> | undefined;
  #chunks: Buffer[] = [];
  #stream: AnswerStream | undefined;

  constructor(options: ReceiverOptions) {
    this.#options = options;
    this.#settle = Promise.withResolvers();
    this.answer = this.#settle.promise;
    options.signal?.addEventListener('abort', this.#onAbort);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    const { signal } = this.#options;
    if (signal?.aborted) return controller.abort(toError(signal.reason));
    this.#controller = controller;
    this.isSent = true;
  }

  onResponseStarted(): void {
    this.isAnswered = true;
  }

  onResponseStart(controller: Dispatcher.DispatchController, statusCode: number, headers: IncomingHttpHeaders): void {
    if (statusCode < 200) return;
    this.#head = { statusCode, headers };
    const isEmpty = this.#options.method === 'HEAD' || statusCode === 204 || statusCode === 304;
    if (isEmpty || Number(headers['content-length']) <= wholeBytes) return;
    const { held, mostHeldBytes } = this.#options;
    this.#stream = new AnswerStream({ held, mostHeldBytes, abort: (reason) => controller.abort(reason) });
    this.#settle.resolve({ ...this.#head, body: this.#stream });
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#stream) this.#stream.receive(chunk);
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#stream) this.#stream.end();
    else if (this.#head) this.#settle.resolve({ ...this.#head, body: joined(this.#chunks) });
    this.#end();
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#stream) this.#stream.destroy(error);
    else this.#settle.reject(error);
    this.#end();
  }

  readonly #onAbort = (): void => {
    const reason = toError(this.#options.signal?.reason);
    this.#settle.reject(reason); // at once, though undici still connects
    this.#controller?.abort(reason);
  };

  #end(): void {
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.#options.onEnd();
  }
}

function joined(chunks: Buffer[]): Buffer {
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason });
}
