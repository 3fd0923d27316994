// The answer to a form is no place to come back to: a browser could show it again only by sending the form anew, and shows a page of its own
// instead. So it takes the address of the page that the form stood on, and Back and F5 open that one (with the draft, where it keeps one).
// In a window of its own (a sheet to print) there is nothing to come back to.
export function listen(document_) {
  if (!document_.querySelector("meta[name='answers-form']") || history.length < 2) return;
  const stood = document_.referrer;
  history.replaceState(history.state, "", stood.startsWith(`${location.origin}/`) ? stood : location.href);
}
