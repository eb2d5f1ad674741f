import assert from "node:assert/strict";
import type { NotificationMessage } from "../../../src/model/notification.ts";
import { DeliveryError, type Notifier, type Receipt } from "../../../src/notify/notifier.ts";
import { ManualClock } from "../../support/manualClock.ts";
import { type SelfSigned, selfSignedCertificate } from "./certificate.ts";
import { startSilentServer } from "./mailServer.ts";
import { hostileMessage, hostileTexts, messageOf, resolved, sampleNotification } from "./samples.ts";
import { closedPort } from "./webServer.ts";

/** What a server does with a message: takes it, wants to be left alone, is in trouble, refuses it for good. */
export type Mood = "takes" | "busy" | "troubled" | "refuses" | "repeats";

/** One notifier before a server of its kind. */
export interface Bench {
  readonly notifier: Notifier;
  /** `repeats` refuses as well, and says back whatever it was told. */
  setMood(mood: Mood): void;
  /** How many messages the server has taken. */
  readonly taken: () => number;
  /** Holds what arrived last against the published form. */
  checkLast(message: NotificationMessage): void;
  /** What a person reads of what arrived last. */
  lastText(): string;
  /** What must not be seen anywhere. */
  readonly secrets: readonly string[];
  /** Exchanges the secret in its file, and in the server; false when the server cannot tell. */
  rotate(): Promise<void>;
  readonly lostFile: () => Promise<void>;
  close(): Promise<void>;
}

/** How a suite makes its benches. */
export interface ContractSetup {
  readonly name: string;
  /** Seconds that the server asks for when it is busy; SMTP has no such word. */
  readonly retryAfterSeconds?: number;
  /** The key that a missing secret file is told by. */
  readonly secretKey: string;
  makeBench(clock: ManualClock, certificate: SelfSigned): Promise<Bench>;
  /** A notifier whose server is at this place; with TLS when so said. */
  at(clock: ManualClock, place: { readonly host: string; readonly port: number; readonly tls: boolean }): Promise<Notifier>;
  /** A server with a certificate that nobody knows. */
  startUnknown(certificate: SelfSigned): Promise<{ readonly port: number; close(): Promise<void> }>;
}

const timeoutSeconds = 30;

/** The one suite for all notifiers. */
export function describeNotifier({ name, retryAfterSeconds, secretKey, makeBench, at, startUnknown }: ContractSetup): void {
  describe(`A notifier for ${name}`, function () {
    this.timeout(60_000);
    const certificate = selfSignedCertificate();
    const message = messageOf(sampleNotification());
    const { signal } = new AbortController();
    let clock: ManualClock;
    let bench: Bench;

    beforeEach(async () => {
      clock = new ManualClock();
      bench = await makeBench(clock, certificate);
    });
    afterEach(() => bench.close());

    const send = (): Promise<Receipt> => bench.notifier.send(message, signal);

    async function failureOf(sending: Promise<Receipt>): Promise<DeliveryError> {
      const error: unknown = await sending.then(
        ({ answer }) => assert.fail(`it was taken: ${answer}`),
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof DeliveryError, String(error));
      const seen = `${error.message}\n${error.stack}\n${JSON.stringify(error)}\n${String(error.cause)}`;
      for (const secret of bench.secrets) assert.ok(!seen.includes(secret), `${secret} is in ${seen}`);
      return error;
    }

    it("says what the server answered when it takes the message", async () => {
      const { answer, warning } = await send();
      assert.match(answer, /^\S+ answered 2\d\d/);
      assert.equal(warning, undefined);
      assert.equal(bench.taken(), 1);
      bench.checkLast(message);
      for (const secret of bench.secrets) assert.ok(!answer.includes(secret), answer);
    });

    it("sends the end of an incident, too", async () => {
      const end = { ...messageOf(resolved(sampleNotification())), answers: ["fedcba9876543210"] };
      await bench.notifier.send(end, signal);
      bench.checkLast(end);
    });

    it("may be asked again when the server is busy, not before it wants that", async () => {
      bench.setMood("busy");
      const error = await failureOf(send());
      assert.equal(error.retryable, true);
      assert.equal(error.retryAfterSeconds, retryAfterSeconds);
    });

    it("may be asked again when the server is in trouble", async () => {
      bench.setMood("troubled");
      assert.equal((await failureOf(send())).retryable, true);
    });

    it("is not asked again when the server refuses the message", async () => {
      bench.setMood("refuses");
      const error = await failureOf(send());
      assert.equal(error.retryable, false);
      assert.match(error.message, /answered [45]\d\d/);
    });

    it("keeps its secrets when the server says them back", async () => {
      bench.setMood("repeats");
      const error = await failureOf(send());
      assert.match(error.message, /\*\*\*/);
    });

    it("may be asked again when nobody listens", async () => {
      const error = await failureOf((await at(clock, { host: "127.0.0.1", port: await closedPort(), tls: false })).send(message, signal));
      assert.equal(error.retryable, true);
      assert.match(error.message, /refused the connection/);
    });

    it("may be asked again when the server's name is not known", async () => {
      const error = await failureOf((await at(clock, { host: "nothing.invalid", port: 2525, tls: false })).send(message, signal));
      assert.equal(error.retryable, true);
      assert.match(error.message, /nothing\.invalid.* was not found/);
    });

    it("may be asked again when the server cannot prove who it is, and tells it nothing", async () => {
      const unknown = await startUnknown(certificate);
      try {
        const error = await failureOf((await at(clock, { host: "127.0.0.1", port: unknown.port, tls: true })).send(message, signal));
        assert.equal(error.retryable, true);
        assert.match(error.message, /TLS/);
        assert.equal(bench.taken(), 0);
      } finally {
        await unknown.close();
      }
    });

    for (const reason of ["time is up", "Culprit stops"] as const) {
      it(`leaves a silent server when ${reason}`, async () => {
        const silent = await startSilentServer();
        try {
          const controller = new AbortController();
          const notifier = await at(clock, { host: "127.0.0.1", port: silent.port, tls: false });
          const failure = failureOf(notifier.send(message, controller.signal));
          await silent.connected;
          if (reason === "time is up") await clock.advance(timeoutSeconds);
          else controller.abort();
          const error = await failure;
          assert.equal(error.retryable, true);
          assert.match(error.message, reason === "time is up" ? /did not answer in time \(30 s\)/ : /Culprit stops/);
          assert.equal(clock.waiting, 0);
        } finally {
          await silent.close();
        }
      });
    }

    it("reads its secret anew for each message", async () => {
      await send();
      await bench.rotate();
      await send();
      assert.equal(bench.taken(), 2);
    });

    it("says which file is missing, and may be asked again", async () => {
      await bench.lostFile();
      const error = await failureOf(send());
      assert.equal(error.retryable, true);
      assert.ok(error.message.startsWith(`${secretKey}: cannot read `), error.message);
      assert.match(error.message, /there is no such file$/);
      assert.equal(bench.taken(), 0);
    });

    it("shows control characters and what turns the writing around as such", async () => {
      await bench.notifier.send(hostileMessage("red \u001b[31mexe \u202egnp.exe"), signal);
      assert.match(bench.lastText(), /red \\x1b\[31mexe \\u202egnp\.exe/);
    });

    for (const [index, text] of hostileTexts.entries()) {
      it(`carries hostile text ${index + 1} as harmless text`, async () => {
        const hostile = hostileMessage(text);
        await bench.notifier.send(hostile, signal);
        assert.equal(bench.taken(), 1);
        bench.checkLast(hostile);
      });
    }
  });
}

/** What every notifier is made with. */
export function surroundings(clock: ManualClock) {
  return { clock, timeoutSeconds, version: "1.2.3" };
}
