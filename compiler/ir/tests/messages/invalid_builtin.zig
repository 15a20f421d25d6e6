fn f() void {
    @nope();
    @alsoNope();
}
