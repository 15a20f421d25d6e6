fn f() void { suspend { suspend {} } }
fn g() void { suspend { suspend { suspend {} } } }
