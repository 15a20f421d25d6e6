const c = @cImport({ const d = @cImport({}); _ = d; });
