import SVGSanitising
import Testing

@Suite("What drawing programs write is kept")
struct DrawingProgramTests {
    static let kept: [String] = [
        // Figma
        ##"<g clip-path="url(#clip0_1_2)" filter="url(#filter0_d_1_2)"><path fill-rule="evenodd" "##
            + ##"clip-rule="evenodd" d="M0 0H8V8Z" fill="url(#paint0_linear_1_2)" fill-opacity="0.5"/></g>"##,
        ##"<filter id="filter0_d_1_2" x="-4" y="0" width="16" height="16" filterUnits="userSpaceOnUse" "##
            + ##"color-interpolation-filters="sRGB"><feFlood flood-opacity="0" "##
            + ##"result="BackgroundImageFix"/><feColorMatrix in="SourceAlpha" type="matrix" values="0 0 0 0 0 0 0 0 "##
            + ##"0 0 0 0 0 0 0 0 0 0 127 0" result="hardAlpha"/><feOffset dy="4"/><feGaussianBlur "##
            + ##"stdDeviation="2"/><feComposite in2="hardAlpha" operator="out"/><feBlend mode="normal" "##
            + ##"in2="BackgroundImageFix" result="effect1"/></filter>"##,
        ##"<pattern id="pattern0" patternContentUnits="objectBoundingBox" width="1" height="1"><use "##
            + ##"xlink:href="#image0" transform="matrix(0.01 0 0 0.01 0 -0.2)"/></pattern>"##,
        ##"<mask id="m" style="mask-type:luminance" maskUnits="userSpaceOnUse" x="0" y="0" width="8" "##
            + ##"height="8"><rect/></mask>"##,
        // Sketch
        ##"<g id="Page-1" stroke="none" stroke-width="1" fill="none" fill-rule="evenodd"><g "##
            + ##"transform="translate(-12.000000, -8.000000)"><polygon points="0 0 8 0 8 8"/></g></g>"##,
        // Illustrator
        ##"<style>.st0{fill:#FFFFFF}.st1{clip-path:url(#SVGID_2_);fill:none;stroke:#000;stroke-miterlimit:10}</"##
            + ##"style>"##,
        ##"<g id="Layer_x0020_1" class="st0"><linearGradient id="SVGID_1_" gradientUnits="userSpaceOnUse" "##
            + ##"x1="0" y1="8.5" x2="8" y2="8.5" gradientTransform="matrix(1 0 0 -1 0 792)"><stop offset="0" "##
            + ##"style="stop-color:#FFF200"/><stop offset="1" style="stop-color:#F15A29"/></linearGradient></g>"##,
        ##"<text transform="matrix(1 0 0 1 10 20)"><tspan x="0" y="0" class="st3 st4">Hello </tspan><tspan "##
            + ##"x="40" y="0">you</tspan></text>"##,
        // Inkscape
        ##"<path style="fill:none;stroke:#000000;stroke-width:0.26458332px;stroke-linecap:butt;stroke-opacity:1"##
            + ##"" d="m 1,1 2,2" id="path1"/>"##,
        ##"<text xml:space="preserve" style="font-size:12px;line-height:1.25;font-family:sans-serif" x="1" "##
            + ##"y="2" id="t"><tspan id="ts" x="1" y="2">a  b</tspan></text>"##,
        ##"<marker style="overflow:visible" id="Arrow1" refX="0" refY="0" orient="auto"><path "##
            + ##"transform="scale(-0.8)" style="fill:context-stroke" d="M0 0"/></marker>"##,
        // Movement
        ##"<circle r="3"><animate attributeName="r" values="3;5;3" dur="1s" repeatCount="indefinite"/></circle>"##,
        ##"<g><animateTransform attributeName="transform" type="rotate" from="0 8 8" to="360 8 8" dur="2s" "##
            + ##"repeatCount="indefinite"/></g>"##,
        ##"<g><animateMotion dur="2s" path="M0 0h8"><mpath xlink:href="#p"/></animateMotion></g>"##,
        ##"<rect><set attributeName="fill" to="#f00" begin="1s"/></rect>"##,
        // By hand
        ##"<symbol id="s" viewBox="0 0 8 8" preserveAspectRatio="xMidYMid meet"><title>A sign</title><desc>It "##
            + ##"says so.</desc></symbol>"##,
        ##"<text><textPath href="#p" startOffset="50%">round</textPath></text>"##,
        ##"<svg x="1" y="1" width="50%" height="2em" viewBox="0 0 1 1" overflow="visible"/>"##,
        ##"<rect role="img" aria-label="a" tabindex="0" class="a b" lang="de" xml:lang="de"/>"##,
    ]

    @Test("As it is", arguments: kept)
    func asItIs(_ text: String) throws {
        #expect(try inside(text) == text)
    }

    @Test("What is for the programs themselves goes")
    func ownData() throws {
        #expect(
            try inside(
                """
                <sodipodi:namedview xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd" pagecolor="#fff"/>
                <g inkscape:label="Layer 1" xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" id="layer1">
                <path inkscape:connector-curvature="0" d="M0 0"/></g>
                <g sketch:type="MSLayerGroup" xmlns:sketch="http://www.bohemiancoding.com/sketch/ns"/>
                <g serif:id="a" xmlns:serif="http://www.serif.com/"/>
                """) == ##"<g id="layer1"><path d="M0 0"/></g><g/><g/>"##)
    }

    @Test("The root element keeps its own")
    func root() throws {
        let text =
            ##"<svg xmlns="http://www.w3.org/2000/svg" width="24px" height="24px" viewBox="0 0 24 24" "##
            + ##"version="1.1" fill="none" style="enable-background:new 0 0 24 24" xml:space="preserve"/>"##
        #expect(try cleaned(text) == text)
    }
}
