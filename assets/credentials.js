/* A screen on a wall may be given its name and password in the address (http://name:word@host/…).
   Browsers then refuse every question a page asks its own server. They remember what they were
   given, so the page is loaded anew without it. */

(function () {
  "use strict";

  const address = new URL(document.baseURI);
  if (!address.username && !address.password) return;
  address.username = address.password = "";
  location.replace(address);
})();
