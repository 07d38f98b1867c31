// The sign-in page: whoever sees it is nobody yet, so no key stays on this phone. What was captured stays, sealed.
import { available, forgetKeys } from "./phone-store.js";

if (available && localStorage.getItem("field")) forgetKeys().catch((error) => console.warn("keys", error));
