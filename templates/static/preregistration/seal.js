// Seals a body for the town and writes it as the text of a code: the twin of
// src/preregistration/{wire,hpke,base41}.rs. HPKE (RFC 9180) in base mode with
// DHKEM(P-256, HKDF-SHA256), HKDF-SHA256 and AES-128-GCM, on nothing but
// WebCrypto; so it needs a secure context.

const PREFIX = "MK1";
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$%-./";
const SUITE = 1 << 4;
const DEFLATED = 1;
const INFO = "kakanai-madoguchi/prereg/1|";

const P256 = { name: "ECDH", namedCurve: "P-256" };
const KEM = Uint8Array.of(0x4b, 0x45, 0x4d, 0x00, 0x10);
const HPKE = Uint8Array.of(0x48, 0x50, 0x4b, 0x45, 0x00, 0x10, 0x00, 0x01, 0x00, 0x01);

/**
 * The text of a code.
 *
 * `publicKey` is the town's key of the month: 65 bytes, uncompressed. The body
 * is deflated where that makes it smaller and the browser can.
 *
 * @param {Uint8Array} body
 * @param {{publicKey: Uint8Array, town: string}} town
 * @returns {Promise<string>}
 */
export async function seal(body, { publicKey, town, deflate = "if smaller" }) {
  const deflated = deflate === "if smaller" ? await deflatedOf(body) : null;
  const isSmaller = deflated !== null && deflated.length < body.length;
  const keyHash = new Uint8Array(await crypto.subtle.digest("SHA-256", publicKey));
  const header = bytesOf([SUITE | (isSmaller ? DEFLATED : 0)], keyHash.subarray(0, 4));
  const { enc, sealed } = await sealFor(publicKey, {
    info: utf8(INFO + town),
    aad: bytesOf(utf8(PREFIX), header),
    content: isSmaller ? deflated : body,
  });
  const compressed = enc.slice(0, 33);
  compressed[0] = 2 + (enc[64] & 1);
  return PREFIX + base41(bytesOf(header, compressed, sealed));
}

/** Two bytes are three characters, least significant first; a last byte is two. */
export function base41(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 2) {
    const isPair = at + 1 < bytes.length;
    let rest = isPair ? (bytes[at] << 8) | bytes[at + 1] : bytes[at];
    for (let digits = isPair ? 3 : 2; digits > 0; digits--) {
      text += ALPHABET[rest % 41];
      rest = Math.floor(rest / 41);
    }
  }
  return text;
}

/** The bytes of base64url without padding, as a town's key file has them. */
export function fromBase64url(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (c) => c.charCodeAt(0));
}

/**
 * RFC 9180 `Seal` in base mode. `ephemeral` is only for the RFC's test vectors: a
 * key pair is made for one code and forgotten.
 */
export async function sealFor(publicKey, { info, aad, content, ephemeral }) {
  const pair = ephemeral ?? (await crypto.subtle.generateKey(P256, false, ["deriveBits"]));
  const receiver = await crypto.subtle.importKey("raw", publicKey, P256, false, []);
  const enc = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const dh = new Uint8Array(
    await crypto.subtle.deriveBits({ name: "ECDH", public: receiver }, pair.privateKey, 256),
  );
  const eaePrk = await labeledExtract(KEM, new Uint8Array(0), "eae_prk", dh);
  const shared = await labeledExpand(KEM, eaePrk, "shared_secret", bytesOf(enc, publicKey), 32);

  const nothing = new Uint8Array(0);
  const pskIdHash = await labeledExtract(HPKE, nothing, "psk_id_hash", nothing);
  const infoHash = await labeledExtract(HPKE, nothing, "info_hash", info);
  const context = bytesOf([0x00], pskIdHash, infoHash);
  const secret = await labeledExtract(HPKE, shared, "secret", nothing);
  const key = await labeledExpand(HPKE, secret, "key", context, 16);
  const nonce = await labeledExpand(HPKE, secret, "base_nonce", context, 12);

  const aes = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
  const sealed = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv: nonce, additionalData: aad },
    aes,
    content,
  );
  return { enc, sealed: new Uint8Array(sealed), key, nonce };
}

function labeledExtract(suite, salt, label, input) {
  return hmac(
    salt.length > 0 ? salt : new Uint8Array(32),
    bytesOf(utf8("HPKE-v1"), suite, utf8(label), input),
  );
}

// One block of HMAC-SHA256 is as long as anything asked for here.
async function labeledExpand(suite, secret, label, info, length) {
  const labeled = bytesOf([0, length], utf8("HPKE-v1"), suite, utf8(label), info, [1]);
  return (await hmac(secret, labeled)).slice(0, length);
}

async function hmac(key, message) {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", key, algorithm, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, message));
}

// Older browsers cannot; then the body goes as it is.
async function deflatedOf(body) {
  try {
    const stream = new Blob([body]).stream().pipeThrough(new CompressionStream("deflate-raw"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch {
    return null;
  }
}

function utf8(text) {
  return new TextEncoder().encode(text);
}

function bytesOf(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
